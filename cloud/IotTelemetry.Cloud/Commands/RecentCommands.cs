using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Commands;

/// <summary>The last commands of an asset: those that ended long ago from the store, those of now from memory. Thread-safe.</summary>
internal sealed class RecentCommands(CommandBook book, CommandArchive archive, TimeProvider time)
{
    // Who looks at one asset wants its values; a store that is slow must not keep them back.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The newest first.</summary>
    /// <returns>Up to <paramref name="count"/> commands, and whether the store was asked with success.</returns>
    public async Task<(IReadOnlyList<TrackedCommand> Commands, bool IsComplete)> OfAsync(AssetId asset, int count, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrackedCommand>? stored = await StoredAsync(asset, count, cancellationToken);
        TrackedCommand[] known = [.. book.All.Where(command => command.Request.Asset == asset && command.History.Count > 0)];
        IEnumerable<TrackedCommand> all = known.Concat(stored ?? []).DistinctBy(command => command.Request.Id);
        return ([.. all.OrderByDescending(command => command.Request.RequestedAt).ThenByDescending(command => command.Request.Id).Take(count)], stored is not null);
    }

    private async Task<IReadOnlyList<TrackedCommand>?> StoredAsync(AssetId asset, int count, CancellationToken cancellationToken)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), enough, StoreTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await archive.ListAsync(new AuditQuery { Site = asset.Site, Asset = asset.Name, Limit = count }, enough.Token);
        }
        catch (ClickHouseException failure) when (failure.IsTransient)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
