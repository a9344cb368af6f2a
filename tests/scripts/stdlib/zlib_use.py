import zlib
def t(s):
    try: print(s,'->',repr(eval(s)))
    except BaseException as e: print(s,'->',type(e).__name__,e,getattr(e,'__notes__',None))
D=b'hello world '*1000
C=zlib.compress(D)
G=zlib.compress(D,wbits=31)
R=zlib.compress(D,wbits=-15)
for s in r"""zlib.decompress(C)==D
zlib.decompress(G,wbits=31)==D
zlib.decompress(G,wbits=47)==D
zlib.decompress(C,wbits=47)==D
zlib.decompress(R,wbits=-15)==D
zlib.decompress(b'abc')
zlib.decompress(C[:-1])
zlib.decompress(C[:10])
zlib.decompress(b'')
zlib.decompress(C+b'x')==D
zlib.decompress(C[:-2]+b'xx')
zlib.compress(b'a',level=10)
zlib.compress(5)
zlib.crc32(b'abc')
zlib.crc32(b'abc',5)
zlib.adler32(b'abc')
zlib.adler32(b'abc',5)
zlib.decompressobj().decompress(C,5)
zlib.decompressobj().decompress(C,-5)
zlib.decompressobj().flush()
zlib.decompressobj().flush(0)
zlib.compressobj().flush(99)
zlib.compressobj(method=5)
zlib.compressobj(wbits=99)
zlib.decompressobj(wbits=99)
zlib.error.__module__
zlib.ZLIB_VERSION
zlib.ZLIB_RUNTIME_VERSION
type(zlib.compressobj())
type(zlib.decompressobj())
zlib.compress(b'')
zlib._ZlibDecompressor().decompress(C)==D""".split('\n'): t(s)
d=zlib.decompressobj()
c=zlib.compressobj(); z=c.compress(D)+c.flush(zlib.Z_SYNC_FLUSH)+c.compress(b'end')
e=c.copy(); w=z+c.flush(); print(zlib.decompress(w)==D+b'end'); print(zlib.decompress(z+e.flush())==D+b'end')
try: c.flush()
except Exception as e: print(type(e),e)
p=zlib._ZlibDecompressor(); a=p.decompress(C+b'zz',10); print(a,p.needs_input,p.eof,p.unused_data); b=p.decompress(b''); print(len(b),p.eof,p.unused_data)
try: p.decompress(b'x')
except Exception as e: print(type(e),e)
