namespace IotTelemetry.Cloud.Assets;

/// <summary>How far the live state has what the store has.</summary>
internal enum RebuildState
{
    /// <summary>Last values from before the start are still being read; what came in since is there.</summary>
    Running,

    /// <summary>Everything the store has is there.</summary>
    Complete,

    /// <summary>The store could not be read; points have a value from their next reading on.</summary>
    Failed,
}
