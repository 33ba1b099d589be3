using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>Enumerations by their names in JSON, never by number.</summary>
internal sealed class StrictEnumConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
