using System.Collections.Immutable;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>Who holds which asset, by what is stored. Read from any thread without a lock; <see cref="LockoutDesk"/> alone changes it, in turn.</summary>
internal sealed class LockoutBook(TimeProvider time)
{
    private ImmutableDictionary<GatewayId, GatewayLockouts> _gateways = ImmutableDictionary<GatewayId, GatewayLockouts>.Empty;
    private ImmutableDictionary<AssetId, ImmutableList<Lockout>> _byAsset = ImmutableDictionary<AssetId, ImmutableList<Lockout>>.Empty;

    /// <summary>All lockouts in force, in the order of their assets.</summary>
    public IReadOnlyList<Lockout> All
    {
        get
        {
            DateTimeOffset now = time.GetUtcNow();
            return [.. Stored.Where(lockout => lockout.HoldsAt(now)).OrderBy(lockout => lockout.Asset).ThenBy(lockout => lockout.Holder, StringComparer.Ordinal)];
        }
    }

    /// <summary>All that are stored, also those whose end has come and is not recorded yet.</summary>
    public IEnumerable<Lockout> Stored => Volatile.Read(ref _byAsset).Values.SelectMany(held => held);

    /// <summary>All gateways that ever had a lockout.</summary>
    public IEnumerable<GatewayLockouts> Gateways => Volatile.Read(ref _gateways).Values;

    /// <summary>The lockouts of an asset in force; several persons may hold one.</summary>
    public IReadOnlyList<Lockout> Of(AssetId asset)
    {
        DateTimeOffset now = time.GetUtcNow();
        return Volatile.Read(ref _byAsset).TryGetValue(asset, out ImmutableList<Lockout>? held) ? held.FindAll(lockout => lockout.HoldsAt(now)) : [];
    }

    /// <summary>A person's lockout of an asset as it is stored; null when there is none.</summary>
    public Lockout? Find(AssetId asset, string holder) => Volatile.Read(ref _byAsset).GetValueOrDefault(asset)?.Find(lockout => lockout.Holder == holder);

    /// <summary>The lockouts of a gateway as they are stored.</summary>
    public GatewayLockouts Of(GatewayId gateway) => Volatile.Read(ref _gateways).GetValueOrDefault(gateway, new GatewayLockouts(gateway, 0, []));

    /// <summary>Why the asset must not be switched; null when nobody holds it.</summary>
    public string? Objection(AssetId asset) =>
        Of(asset) is [{ } lockout, ..] ? $"{lockout.Holder} holds {asset} since {lockout.Since:yyyy-MM-dd HH:mm:ss} UTC: {lockout.Reason}" : null;

    /// <summary>Puts in force what is stored of some gateways.</summary>
    public void Put(params IEnumerable<GatewayLockouts> gateways)
    {
        ImmutableDictionary<GatewayId, GatewayLockouts> after = _gateways.SetItems(gateways.Select(gateway => KeyValuePair.Create(gateway.Gateway, gateway)));

        // An asset that moved to another gateway may have lockouts at both for a moment.
        Volatile.Write(ref _byAsset, after.Values.SelectMany(gateway => gateway.Lockouts).GroupBy(lockout => lockout.Asset).ToImmutableDictionary(held => held.Key, held => held.ToImmutableList()));
        Volatile.Write(ref _gateways, after);
    }
}
