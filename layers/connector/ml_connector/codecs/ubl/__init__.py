"""UBL 2.1 and PEPPOL BIS documents, in and out."""
