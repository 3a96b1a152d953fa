from __future__ import annotations

from ml_connector.codecs.profile import CodecProfile, Layout
from ml_connector.partners import profile


def test_a_partners_file_can_say_all_that_the_codecs_take():
    # Who sends what to whom is the envelope's, and comes from identities and control numbers.
    assert set(profile.Codec.model_fields) == set(CodecProfile.model_fields) - {"envelope"}
    assert set(profile.Layout.model_fields) == set(Layout.model_fields)
