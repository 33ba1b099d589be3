namespace IotTelemetry.Cloud.Lockouts;

/// <summary>What became of a wish to set or lift a lockout.</summary>
internal abstract record LockoutOutcome
{
    private LockoutOutcome()
    {
    }

    /// <summary>It is in force.</summary>
    public sealed record InForce(Lockout Lockout, bool IsNew) : LockoutOutcome;

    /// <summary>It is lifted.</summary>
    public sealed record Gone(Lockout Lockout) : LockoutOutcome;

    /// <summary>There is no such lockout, or no such asset.</summary>
    public sealed record NotFound(string Detail) : LockoutOutcome;

    /// <summary>It is not what the caller said it is: somebody changed it in between.</summary>
    public sealed record Stale(Lockout? Lockout) : LockoutOutcome;

    /// <summary>It is neither the author's own, nor is the author a supervisor.</summary>
    public sealed record Forbidden(string Detail) : LockoutOutcome;

    /// <summary>A text or a time is not allowed, or there are too many.</summary>
    public sealed record Invalid(string Detail) : LockoutOutcome;
}
