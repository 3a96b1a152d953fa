"""TRADACOMS: orders, invoices and credit notes, files with their headers and trailers, in and out.

Not read: DELIVERY NOTIFICATION (DELHDR, DELIVR, DELTLR). Of it are known DEL 1, 2, 6 and 8, ORF, and DLD up
to the quantity; not verified in any source at hand are DEL 3 to 5 and 7, the order of the elements of DNS and
PID (pallets with their SSCC), and where TDES follows a quantity that is repeated as ordered and as delivered.
Nor is ACKMNT, of which no source gives segments. A file with either is refused by name, never guessed at.
"""
