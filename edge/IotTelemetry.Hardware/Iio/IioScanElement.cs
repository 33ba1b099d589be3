using System.Buffers.Binary;
using System.Globalization;

namespace IotTelemetry.Hardware.Iio;

/// <summary>
/// How one channel lies in a scan of the IIO buffer: <c>[be|le]:[s|u]bits/storagebits[Xrepeat][&gt;&gt;shift]</c> (kernel documentation, ABI/testing/sysfs-bus-iio,
/// in_…_type).
/// </summary>
/// <param name="Index">Its place among the enabled channels.</param>
/// <param name="BigEndian">High byte first.</param>
/// <param name="Signed">Two's complement.</param>
/// <param name="Bits">Bits that count.</param>
/// <param name="Bytes">Bytes it takes, 1, 2, 4 or 8; also its alignment.</param>
/// <param name="Shift">Bits to drop at the low end.</param>
internal readonly record struct IioScanElement(int Index, bool BigEndian, bool Signed, int Bits, int Bytes, int Shift)
{
    /// <exception cref="FormatException">It is no such text, or repeats values.</exception>
    public static IioScanElement Parse(string type, int index)
    {
        var text = type.AsSpan();
        var shift = 0;
        if (text.IndexOf(">>") is var arrow and >= 0)
        {
            shift = int.Parse(text[(arrow + 2)..], NumberStyles.None, CultureInfo.InvariantCulture);
            text = text[..arrow];
        }

        var slash = text.IndexOf('/');
        if (text.Length < 6 || text[2] != ':' || slash < 5 || text[..2] is not ("be" or "le") || text[3] is not ('s' or 'u'))
        {
            throw new FormatException($"'{type}' is no type of a scan element this library knows");
        }

        var bits = int.Parse(text[4..slash], NumberStyles.None, CultureInfo.InvariantCulture);
        var storage = int.Parse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
        return storage is 8 or 16 or 32 or 64 && bits >= 1 && bits + shift <= storage
            ? new IioScanElement(index, text[0] == 'b', text[3] == 's', bits, storage / 8, shift)
            : throw new FormatException($"'{type}' is no type of a scan element this library knows");
    }

    /// <summary>The raw value that begins at the first byte of <paramref name="bytes"/>.</summary>
    public long Decode(ReadOnlySpan<byte> bytes)
    {
        var raw = Bytes switch
        {
            1 => bytes[0],
            2 => BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };

        // Pushed to the top and back, so that what is above the bits goes and the sign is spread.
        var top = raw >> Shift << (64 - Bits);
        return Signed ? (long)top >> (64 - Bits) : (long)(top >> (64 - Bits));
    }

    /// <summary>The offset of each element in a scan, and the size of a scan: each is aligned to its own size, the scan to the largest.</summary>
    public static (int[] Offsets, int Size) Layout(ReadOnlySpan<IioScanElement> elements)
    {
        var offsets = new int[elements.Length];
        var offset = 0;
        var largest = 1;
        for (var i = 0; i < elements.Length; i++)
        {
            offset = Align(offset, elements[i].Bytes);
            offsets[i] = offset;
            offset += elements[i].Bytes;
            largest = Math.Max(largest, elements[i].Bytes);
        }

        return (offsets, Align(offset, largest));
    }

    private static int Align(int offset, int size) => (offset + size - 1) / size * size;
}
