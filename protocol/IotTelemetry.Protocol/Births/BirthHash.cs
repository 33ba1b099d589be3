using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>
/// The content hash of a birth's model: FNV-1a of the model's exact bytes (SPECIFICATION.md, section 4.2). It tells the births of one gateway apart;
/// against forgery it protects nothing.
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
