using System.Runtime.InteropServices;
using System.Text;

namespace IotTelemetry.ClickHouse.Embedded.Interop;

/// <summary>Texts as arrays of UTF-8 pointers with lengths, for the duration of one call.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly byte** _texts;
    private readonly nuint* _lengths;
    private readonly int _count;

    public NativeTexts(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        _texts = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*)); // NULL at the end, as for argv
        _lengths = (nuint*)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(nuint));
        for (int i = 0; i < _count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(texts[i]);
            _texts[i] = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(_texts[i], length));
            _texts[i][length] = 0;
            _lengths[i] = (nuint)length;
        }
    }

    public int Count => _count;

    public byte** Pointers => _texts;

    public nuint* Lengths => _lengths;

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            NativeMemory.Free(_texts[i]);
        }

        NativeMemory.Free(_texts);
        NativeMemory.Free(_lengths);
    }
}
