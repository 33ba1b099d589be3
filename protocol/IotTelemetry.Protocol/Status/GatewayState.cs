using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>Whether a gateway is there.</summary>
[JsonConverter(typeof(StrictEnumConverter<GatewayState>))]
public enum GatewayState : byte
{
    /// <summary>Connected and at work.</summary>
    [JsonStringEnumMemberName("online")] Online,

    /// <summary>The connection was lost: the gateway's will says so.</summary>
    [JsonStringEnumMemberName("offline")] Offline,

    /// <summary>Stopped in order.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,
}
