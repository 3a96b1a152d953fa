"""SAP IDoc documents: ORDERS05 and INVOIC02, flat and XML, in only."""
