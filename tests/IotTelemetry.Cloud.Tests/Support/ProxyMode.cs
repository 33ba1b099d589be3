namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>What a <see cref="StoreProxy"/> does with what comes.</summary>
internal enum ProxyMode
{
    /// <summary>Hands it on.</summary>
    Pass,

    /// <summary>Hands it on, piece by piece, each after a while.</summary>
    Slow,

    /// <summary>Takes connections and bytes, and keeps them until it passes again.</summary>
    Hang,

    /// <summary>Resets all connections, and every new one.</summary>
    Refuse,
}
