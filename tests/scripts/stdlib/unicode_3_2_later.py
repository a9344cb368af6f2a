# Characters that Unicode 3.2 did not know have no decomposition there, and normalization leaves them: stringprep profiles refuse them.
import hashlib
import stringprep
import unicodedata

old = unicodedata.ucd_3_2_0
for c in '\u1d39\u0221\u3250\u33de\U0001d4c1\u2047\uff5e\u00c5':
    print(ascii(c), stringprep.in_table_a1(c), old.category(c), repr(old.decomposition(c)), ascii(old.normalize('NFKC', c)),
          old.is_normalized('NFKC', c), old.is_normalized('NFD', c))
    print(ascii(unicodedata.normalize('NFKC', c)), unicodedata.is_normalized('NFKC', c))
text = 'e\u0301\u1d39e\u0301\u1d39\u0301\ud800A\u030a'
for form in ('NFC', 'NFD', 'NFKC', 'NFKD'):
    print(form, ascii(old.normalize(form, text)), ascii(unicodedata.normalize(form, text)))
print('\u3250'.encode('idna'), '\u33de'.encode('idna'))

digest = hashlib.sha256()
for i in range(0x2F800):
    if not 0xD800 <= i < 0xE000:
        digest.update(old.normalize('NFKC', chr(i)).encode())
        digest.update(old.decomposition(chr(i)).encode())
print(digest.hexdigest())
