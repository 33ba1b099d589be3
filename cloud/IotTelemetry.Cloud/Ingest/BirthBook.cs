using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ledger;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Finds the birth a frame names: in memory, then in the store; and asks the gateway when neither has it. The caller has the gateway's turn.</summary>
internal sealed class BirthBook(StoredRecords records, CursorPublisher cursors, IngestOptions options, TimeProvider time, ILogger<BirthBook> logger)
{
    /// <summary>The birth, or null when it has to come from the gateway.</summary>
    public async ValueTask<PreparedBirth?> FindAsync(GatewaySession gateway, BirthHash hash, CancellationToken cancellationToken)
    {
        if (gateway.FindBirth(hash) is { } known)
        {
            return known;
        }

        // What is wanted from the gateway was looked for in the store already.
        if (gateway.WantedBirths.Contains(hash) || await records.BirthAsync(gateway.Id, hash, cancellationToken) is not { } stored)
        {
            return null;
        }

        try
        {
            PreparedBirth birth = new(Birth.Decode(stored), options.Retention);
            gateway.AddBirth(birth);
            return birth;
        }
        catch (MessageFormatException unreadable)
        {
            CloudLog.StoredBirthUnreadable(logger, gateway.Id.ToString(), hash.ToString(), unreadable);
            return null;
        }
    }

    /// <summary>Asks the gateway for a birth, with the next cursor; again when it does not come.</summary>
    public void Ask(GatewaySession gateway, BirthHash hash)
    {
        if (!gateway.WantedBirths.Contains(hash) && gateway.FindBirth(hash) is null && gateway.WantedBirths.Count < StoredCursor.MaximumRebirths)
        {
            gateway.WantedBirths = gateway.WantedBirths.Add(hash);
            CloudLog.BirthWanted(logger, gateway.Id.ToString(), hash.ToString());
        }

        if (gateway.RebirthAskedAt is not { } asked || time.GetElapsedTime(asked) >= options.RebirthInterval)
        {
            gateway.RebirthAskedAt = time.GetTimestamp();
            cursors.Touch(gateway);
        }
    }
}
