using System.Globalization;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>A version of the protocol. What a newer minor version adds is skipped; another major version is refused.</summary>
/// <param name="Major">Differs when an older reader would misunderstand.</param>
/// <param name="Minor">Rises when something is added that an older reader may skip.</param>
[JsonConverter(typeof(ProtocolVersionConverter))]
public readonly record struct ProtocolVersion(int Major, int Minor)
{
    /// <summary>The version written here, 1.0.</summary>
    public static ProtocolVersion Current { get; } = new(1, 0);

    /// <summary>Reads <c>major.minor</c>, each 0 to 255 without leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ProtocolVersion version)
    {
        int dot = text.IndexOf('.');
        version = default;
        if (dot <= 0 || !TryParsePart(text[..dot], out int major) || !TryParsePart(text[(dot + 1)..], out int minor))
        {
            return false;
        }
        version = new ProtocolVersion(major, minor);
        return true;
    }

    /// <summary><c>major.minor</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static bool TryParsePart(ReadOnlySpan<char> text, out int part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out part) && part <= 255 && (text.Length == 1 || text[0] != '0');
}
