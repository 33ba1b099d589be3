using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>
/// The content hash of a birth's model: the first 8 bytes of the SHA-256 of the model's exact bytes, read as a big-endian number so that its 16
/// hexadecimal digits are the first 16 of the SHA-256
/// (SPECIFICATION.md, section 4.2).
/// </summary>
/// <param name="Value">The 64 bits.</param>
[JsonConverter(typeof(BirthHashConverter))]
public readonly record struct BirthHash(ulong Value)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads 16 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BirthHash hash)
    {
        hash = default;
        if (text is not { Length: 16 } || text.AsSpan().ContainsAnyExcept(Digits))
        {
            return false;
        }
        hash = new BirthHash(ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
