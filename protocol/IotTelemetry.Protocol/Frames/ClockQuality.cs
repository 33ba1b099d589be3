using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>What the gateway knew of its clock when it sealed a frame.</summary>
[JsonConverter(typeof(StrictEnumConverter<ClockQuality>))]
public enum ClockQuality : byte
{
    /// <summary>Not known.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown = 0,

    /// <summary>Synchronised to a time source.</summary>
    [JsonStringEnumMemberName("synchronised")] Synchronised = 1,

    /// <summary>Was synchronised since boot and now runs free.</summary>
    [JsonStringEnumMemberName("holdover")] Holdover = 2,

    /// <summary>Never synchronised since boot: times are a guess.</summary>
    [JsonStringEnumMemberName("unsynchronised")] Unsynchronised = 3,
}
