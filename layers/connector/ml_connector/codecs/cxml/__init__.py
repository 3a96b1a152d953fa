"""OASIS/Ariba cXML documents: OrderRequest and InvoiceDetailRequest, in only."""
