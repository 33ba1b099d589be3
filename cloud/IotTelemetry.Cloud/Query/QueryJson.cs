using System.Text.Json.Serialization;

namespace IotTelemetry.Cloud.Query;

/// <summary>Reads the lines of JSONCompactStringsEachRowWithNames.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class QueryJson : JsonSerializerContext;
