namespace IotTelemetry.Cloud.Lockouts;

/// <summary>What the room of lockouts says; event ids 710 to 719.</summary>
internal static partial class LockoutLog
{
    [LoggerMessage(710, LogLevel.Information, "Lockout of {Asset} {Action} by {Actor}; holder {Holder}: {Reason}")]
    public static partial void Changed(ILogger logger, string asset, LockoutAction action, string actor, string holder, string reason);

    [LoggerMessage(711, LogLevel.Warning, "Lockouts of revision {Revision} could not be handed to the broker for gateway {Gateway}; they are sent again when it reports")]
    public static partial void NotSent(ILogger logger, long revision, string gateway, Exception exception);

    [LoggerMessage(712, LogLevel.Warning, "The store has revision {Revision} of the lockouts of gateway {Gateway}, which has {Reported}: the store was restored from a copy; what it knows is sent as a newer one")]
    public static partial void Behind(ILogger logger, long revision, string gateway, long reported);
}
