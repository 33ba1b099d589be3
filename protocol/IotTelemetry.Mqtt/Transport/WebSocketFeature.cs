using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>Whether this program speaks MQTT over WebSocket. A program that never does sets the switch to false in its project file, and a trimmed or native build is 1.5 MB smaller.</summary>
internal static class WebSocketFeature
{
    /// <summary>The name of the switch, for <c>RuntimeHostConfigurationOption</c> with <c>Trim="true"</c>.</summary>
    public const string Switch = "IotTelemetry.Mqtt.WebSockets.IsSupported";

    [FeatureSwitchDefinition(Switch)]
    public static bool IsSupported => !AppContext.TryGetSwitch(Switch, out var isSupported) || isSupported;
}
