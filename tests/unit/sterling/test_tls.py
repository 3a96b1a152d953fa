"""TLS to a Sterling with certificates of a private authority: trusted, refused, unchecked, and our own."""

from __future__ import annotations

import ssl
from contextlib import closing

import pytest
import trustme
from local.sterling import SterlingApi, SterlingServer, Switches

from ml_connector.errors import Misconfigured, Unavailable
from ml_connector.sterling import SterlingClient, SterlingCredentials, SterlingSettings
from ml_connector.sterling.ping import check
from ml_connector.sterling.transport import make_tls_context

ADMIN = {"username": "admin", "password": "password"}
WARNING = "STERLING_VERIFY is false"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority):
    return authority.cert_pem.bytes().decode()


def serve(authority, *, name="127.0.0.1", clients=None, newest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        clients.configure_trust(context)
        # As Sterling's Liberty does by default; with it a missing certificate ends the handshake itself.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if newest:
        context.maximum_version = newest
    return SterlingServer(api=SterlingApi(), tls=context)


@pytest.fixture
def server(authority):
    with serve(authority) as running:
        yield running


def mailboxes(server, credentials=ADMIN, **given):
    settings = SterlingSettings(host="127.0.0.1", port=server.port, **given)
    with closing(SterlingClient(settings, SterlingCredentials(**credentials))) as client:
        return [found["path"] for found in client.list_mailboxes()]


def test_a_private_authority_is_trusted_as_text_as_one_line_and_as_a_file(server, bundle, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text(bundle)
    for given in (bundle, bundle.replace("\n", "\\n"), str(file)):
        assert mailboxes(server, ca_bundle=given) == ["/DeadLetter"]


def test_an_authority_nobody_told_of_is_not_trusted(server):
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        mailboxes(server)
    assert server.api.counts == {}


def test_a_certificate_for_another_name_is_refused(authority, bundle):
    with (
        serve(authority, name="sterling.example") as server,
        pytest.raises(Unavailable, match=r"IP address mismatch|doesn't match|CERTIFICATE_VERIFY_FAILED"),
    ):
        mailboxes(server, ca_bundle=bundle)


def test_an_unchecked_certificate_is_opted_into_and_warned_about_each_time(server, bundle, caplog):
    settings = SterlingSettings(host="127.0.0.1", port=server.port, verify=False)
    with closing(SterlingClient(settings, SterlingCredentials(**ADMIN))) as client:
        for _ in range(3):
            caplog.clear()
            client.list_mailboxes()
            assert caplog.text.count(WARNING) == 1
    caplog.clear()
    mailboxes(server, ca_bundle=bundle)
    assert WARNING not in caplog.text


def test_a_client_certificate_comes_from_the_secret_or_from_files(authority, bundle, tmp_path):
    ours = trustme.CA()
    issued = ours.issue_cert("connector@nordlys.example")
    [certificate] = issued.cert_chain_pems
    key = issued.private_key_pem
    (tmp_path / "client.pem").write_bytes(certificate.bytes())
    (tmp_path / "client.key").write_bytes(key.bytes())
    secret = {"client_certificate": certificate.bytes().decode(), "client_key": key.bytes().decode()}
    files = {"client_cert": str(tmp_path / "client.pem"), "client_key": str(tmp_path / "client.key")}
    with serve(authority, clients=ours) as server:
        assert mailboxes(server, ADMIN | secret, ca_bundle=bundle)
        assert mailboxes(server, ca_bundle=bundle, **files)
        with pytest.raises(Unavailable):
            mailboxes(server, ca_bundle=bundle)


def test_tokens_are_fetched_over_the_same_trust(server, bundle):
    server.api.switches = Switches(auth="oauth2")
    client = {"client_id": "connector", "client_secret": "secret"}
    oauth = {"auth_mode": "oauth2", "token_url": f"{server.url}/oauth2/token"}
    assert mailboxes(server, client, ca_bundle=bundle, **oauth)
    with pytest.raises(Unavailable, match="token endpoint"):
        mailboxes(server, client, **oauth)


def test_nothing_older_than_tls_1_2_is_spoken():
    context = make_tls_context(SterlingSettings(host="h"), SterlingCredentials())
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_tls_1_2_as_sterling_speaks_it_by_default_is_enough(authority, bundle):
    with serve(authority, newest=ssl.TLSVersion.TLSv1_2) as server:
        assert mailboxes(server, ca_bundle=bundle)


@pytest.mark.parametrize(
    ("given", "credentials"),
    [
        ({"ca_bundle": "/nowhere/ca.pem"}, {}),
        ({"ca_bundle": "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----"}, {}),
        ({"client_cert": "/nowhere/client.pem"}, {}),
        ({}, {"client_certificate": "none", "client_key": "none"}),
    ],
)
def test_a_bundle_or_certificate_that_cannot_be_loaded_is_named(given, credentials):
    with pytest.raises(Misconfigured, match="CA bundle or client certificate"):
        make_tls_context(SterlingSettings(host="h", **given), SterlingCredentials(**credentials))


def test_a_ping_tells_the_certificates_end_or_how_to_trust_it(server, bundle):
    settings = SterlingSettings(host="127.0.0.1", port=server.port, mailboxes=("/DeadLetter",))
    credentials = SterlingCredentials(**ADMIN)
    refused = check(settings, credentials)[-1]
    assert (refused.name, refused.ok) == ("TLS", False)
    assert "STERLING_CA_BUNDLE" in refused.advice
    trusted = check(settings.model_copy(update={"ca_bundle": bundle}), credentials)
    assert [found.name for found in trusted if not found.ok] == []
    assert "valid until" in next(found.detail for found in trusted if found.name == "TLS")
