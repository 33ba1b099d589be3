using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>Writes the primitives of the Native format.</summary>
internal readonly ref struct NativeWriter(IBufferWriter<byte> output)
{
    /// <summary>Bytes of the longest VarUInt that is written here (a 64-bit number).</summary>
    public const int MaxVarUInt = 10;

    public static int WriteVarUInt(Span<byte> target, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void WriteVarUInt(ulong value) => output.Advance(WriteVarUInt(output.GetSpan(MaxVarUInt), value));

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void WriteString(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteVarUInt((ulong)length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>Writes dictionary keys in one byte each.</summary>
    public void WriteBytes(ReadOnlySpan<int> keys)
    {
        while (!keys.IsEmpty)
        {
            Span<byte> target = output.GetSpan();
            int count = Math.Min(keys.Length, target.Length);
            for (int i = 0; i < count; i++)
            {
                target[i] = (byte)keys[i];
            }

            output.Advance(count);
            keys = keys[count..];
        }
    }

    /// <summary>Writes dictionary keys in two bytes each.</summary>
    public void WriteUInt16s(ReadOnlySpan<int> keys)
    {
        while (!keys.IsEmpty)
        {
            Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(output.GetSpan(sizeof(ushort)));
            int count = Math.Min(keys.Length, target.Length);
            for (int i = 0; i < count; i++)
            {
                target[i] = (ushort)keys[i];
            }

            output.Advance(count * sizeof(ushort));
            keys = keys[count..];
        }
    }
}
