using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Finds the assets that commands and lockouts name. Thread-safe.</summary>
internal interface ICommandTargets
{
    /// <summary>The asset; null when no birth describes it.</summary>
    CommandTarget? Find(AssetId asset);
}
