using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Protocol;

/// <summary>Whether this program compresses frames. A program that never does sets the switch to false in its project file, and a trimmed or native build does without Brotli's encoder.</summary>
internal static class FrameCompressionFeature
{
    /// <summary>The name of the switch, for <c>RuntimeHostConfigurationOption</c> with <c>Trim="true"</c>.</summary>
    public const string Switch = "IotTelemetry.Protocol.FrameCompression.IsSupported";

    [FeatureSwitchDefinition(Switch)]
    public static bool IsSupported => !AppContext.TryGetSwitch(Switch, out bool isSupported) || isSupported;
}
