using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotTelemetry.Protocol;

/// <summary>
/// The generated JSON codecs as they write to the wire: units such as °C and m² stay readable, since nothing here is ever put into a web page unescaped.
/// </summary>
internal static class WireJson
{
    public static ProtocolJson Context { get; } = new(new JsonSerializerOptions(ProtocolJson.Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
