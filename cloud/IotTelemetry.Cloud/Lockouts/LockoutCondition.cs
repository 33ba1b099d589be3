namespace IotTelemetry.Cloud.Lockouts;

/// <summary>What must hold for a lockout to be written: HTTP's <c>If-Match</c> and <c>If-None-Match: *</c>.</summary>
/// <param name="Revision">It has this revision; null for any.</param>
/// <param name="MustBeNew">There is none yet.</param>
/// <param name="MustExist">There is one.</param>
internal readonly record struct LockoutCondition(long? Revision = null, bool MustBeNew = false, bool MustExist = false)
{
    public bool Holds(Lockout? present) =>
        (!MustBeNew || present is null) && (!MustExist || present is not null) && (Revision is not { } revision || present?.Revision == revision);
}
