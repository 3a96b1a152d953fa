"""ASC X12 transaction sets, releases 004010 and 005010, in and out, one module a set."""
