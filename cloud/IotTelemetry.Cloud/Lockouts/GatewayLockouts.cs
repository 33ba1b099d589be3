using System.Collections.Immutable;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>The lockouts of one gateway's assets and their revision, which rises with every change. Immutable.</summary>
internal sealed record GatewayLockouts(GatewayId Gateway, long Revision, ImmutableList<Lockout> Lockouts)
{
    /// <summary>After a lockout was set, or took the place of an earlier one.</summary>
    public GatewayLockouts With(Lockout? before, Lockout lockout) =>
        this with { Revision = Revision + 1, Lockouts = (before is null ? Lockouts : Lockouts.Remove(before)).Add(lockout) };

    /// <summary>After a lockout was lifted or ended.</summary>
    public GatewayLockouts Without(Lockout lockout) => this with { Revision = Revision + 1, Lockouts = Lockouts.Remove(lockout) };

    public LockoutSet ToMessage() => new() { Revision = Revision, Lockouts = [.. Lockouts.Select(lockout => lockout.ToMessage())] };
}
