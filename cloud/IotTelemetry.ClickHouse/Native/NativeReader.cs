using System.Buffers.Binary;
using System.Text;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>
/// Reads the primitives of the Native format from bytes that may not all be there yet: every method returns false when it needs more. Bytes that can never be
/// right throw <see cref="NativeFormatException"/>. Nothing is allocated for a length before its bytes are there, so a forged length costs nothing.
/// </summary>
internal ref struct NativeReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;

    public int Position { get; private set; }

    public readonly int Remaining => _input.Length - Position;

    public bool TryRead(long length, out ReadOnlySpan<byte> bytes)
    {
        if (length > Remaining)
        {
            bytes = default;
            return length > int.MaxValue ? throw new NativeFormatException($"{length} bytes in one piece are beyond any block.") : false;
        }

        bytes = _input.Slice(Position, (int)length);
        Position += (int)length;
        return true;
    }

    public bool TrySkip(int length) => TryRead(length, out _);

    public bool TryReadUInt64(out ulong value)
    {
        bool read = TryRead(8, out ReadOnlySpan<byte> bytes);
        value = read ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return read;
    }

    /// <summary>A VarUInt that counts bytes, rows or columns.</summary>
    public bool TryReadLength(out int value)
    {
        value = 0;
        ReadOnlySpan<byte> rest = _input[Position..];
        for (int i = 0; i < rest.Length; i++)
        {
            byte b = rest[i];
            if (i == 4 && b > 7)
            {
                throw new NativeFormatException("A length is over 2^31: these bytes are not in the Native format.");
            }

            value |= (b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                Position += i + 1;
                return true;
            }
        }

        return false;
    }

    public bool TryReadString(out string text)
    {
        text = "";
        if (!TryReadLength(out int length) || !TryRead(length, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
