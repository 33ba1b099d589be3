namespace IotTelemetry.Protocol.Tests;

/// <summary>Seeded damage to bytes: bits flipped, bytes set to telling values, pieces cut, doubled, swapped between inputs.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[] TellingBytes = [0x00, 0x01, 0x02, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFE, 0xFF];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public byte[] Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other)
    {
        List<byte> bytes = [.. input];
        for (int i = 1 + _random.Next(4); i > 0; i--)
        {
            if (bytes.Count == 0)
            {
                bytes.Add((byte)_random.Next(256));
            }
            int at = _random.Next(bytes.Count);
            int length = Math.Min(1 + _random.Next(8), bytes.Count - at);
            switch (_random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    bytes[at] = TellingBytes[_random.Next(TellingBytes.Length)];
                    break;
                case 2:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)_random.Next(256)));
                    break;
                case 6:
                    // A great number where a count or a length may be.
                    bytes.InsertRange(at, FrameSurgery.Varint((ulong)_random.NextInt64() >> _random.Next(63)));
                    break;
                default:
                    int from = other.IsEmpty ? 0 : _random.Next(other.Length);
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + length)].ToArray());
                    break;
            }
        }
        return [.. bytes];
    }
}
