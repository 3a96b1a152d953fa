"""UN/EDIFACT and EANCOM messages, in and out, one module per message."""
