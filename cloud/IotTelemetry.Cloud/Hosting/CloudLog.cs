using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>All log messages of the service. Event ids are stable: 1xx hosting, 2xx schema and ledger, 3xx ingest, 4xx store, 5xx door and API, 6xx assets, 7xx commands and lockouts, 8xx workers (in their rooms).</summary>
internal static partial class CloudLog
{
    [LoggerMessage(100, LogLevel.Information, "Listening: MQTT on {Mqtt}, HTTP on {Http}, data in {Store}")]
    public static partial void Listening(ILogger logger, string mqtt, string http, string store);

    [LoggerMessage(101, LogLevel.Information, "Stopping: {Frames} frames on their way are stored and acknowledged first")]
    public static partial void Draining(ILogger logger, long frames);

    [LoggerMessage(102, LogLevel.Information, "Drained in {Elapsed}")]
    public static partial void Drained(ILogger logger, TimeSpan elapsed);

    [LoggerMessage(103, LogLevel.Warning, "Not drained within {Timeout}: {Frames} frames stay with their gateways, unconfirmed")]
    public static partial void NotDrained(ILogger logger, TimeSpan timeout, long frames);

    [LoggerMessage(104, LogLevel.Critical, "The {Part} stopped unexpectedly; the service stops")]
    public static partial void PartFailed(ILogger logger, string part, Exception exception);

    [LoggerMessage(200, LogLevel.Information, "Schema: migration {Version} '{Name}' applied to database {Database}")]
    public static partial void MigrationApplied(ILogger logger, uint version, string name, string database);

    [LoggerMessage(201, LogLevel.Information, "Ledger: {Gateways} gateways, {Epochs} epochs, {Unfinished} months with rows of unfinished frames; last batch {Batch}")]
    public static partial void LedgerRecovered(ILogger logger, int gateways, int epochs, int unfinished, ulong batch);

    [LoggerMessage(202, LogLevel.Information, "Readings of database {Database} have a new retention: {Rules}")]
    public static partial void RetentionChanged(ILogger logger, string database, string rules);

    [LoggerMessage(203, LogLevel.Information, "Rollups: {Rows} cells of {Table} added for rows that a crash left")]
    public static partial void RollupCompleted(ILogger logger, long rows, string table);

    [LoggerMessage(300, LogLevel.Warning, "Frame {Gateway} epoch {Epoch} seq {Seq} rejected: {Reason}: {Detail}")]
    public static partial void FrameRejected(ILogger logger, string gateway, ulong epoch, ulong seq, string reason, string detail);

    [LoggerMessage(301, LogLevel.Warning, "Message of {Gateway} (client {Client}) rejected: {Reason}: {Detail}")]
    public static partial void MessageRejected(ILogger logger, string gateway, string client, string reason, string detail);

    [LoggerMessage(302, LogLevel.Debug, "Frame of {Gateway} left with its gateway: {Reason}")]
    public static partial void FrameRefused(ILogger logger, string gateway, MqttReasonCode reason);

    [LoggerMessage(303, LogLevel.Warning, "Gateway {Gateway} sent other bytes than before as epoch {Epoch} seq {Seq}: its outbox was restored from a copy; such frames go to rejects, and it is asked to begin a new epoch")]
    public static partial void EpochContradicted(ILogger logger, string gateway, ulong epoch, ulong seq);

    [LoggerMessage(304, LogLevel.Information, "Gateway {Gateway} is asked for its birth {Hash}")]
    public static partial void BirthWanted(ILogger logger, string gateway, string hash);

    [LoggerMessage(305, LogLevel.Warning, "Looking up what the store has of gateway {Gateway} failed; the frame stays with the gateway")]
    public static partial void LookupFailed(ILogger logger, string gateway, Exception exception);

    [LoggerMessage(306, LogLevel.Warning, "The stored birth {Hash} of gateway {Gateway} does not read; the gateway is asked for it")]
    public static partial void StoredBirthUnreadable(ILogger logger, string gateway, string hash, Exception exception);

    [LoggerMessage(307, LogLevel.Warning, "Gateway {Gateway} says that {Frames} frames of epoch {Epoch}, {First} to {Last}, will never come: its outbox dropped or set them aside, or another store has them")]
    public static partial void FramesGivenUp(ILogger logger, string gateway, ulong frames, ulong epoch, ulong first, ulong last);

    [LoggerMessage(400, LogLevel.Error, "The store does not take rows; nothing is acknowledged until it does")]
    public static partial void StoreFailing(ILogger logger, Exception exception);

    [LoggerMessage(401, LogLevel.Information, "The store takes rows again, after {Outage}")]
    public static partial void StoreRecovered(ILogger logger, TimeSpan outage);

    [LoggerMessage(501, LogLevel.Warning, "Login of {User} from {Address} refused; {Count} refused since the start")]
    public static partial void LoginRefused(ILogger logger, string user, string address, long count);

    [LoggerMessage(500, LogLevel.Information, "Query {QueryId} refused with code {Code}: {Message}")]
    public static partial void QueryRefused(ILogger logger, string queryId, int code, string message);

    [LoggerMessage(510, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void ApiFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(600, LogLevel.Information, "Live state: {Values} last values read from the store in {Elapsed}")]
    public static partial void LiveRebuilt(ILogger logger, long values, TimeSpan elapsed);

    [LoggerMessage(601, LogLevel.Error, "Reading last values from the store failed; points have a value from their next reading on")]
    public static partial void LiveRebuildFailed(ILogger logger, Exception exception);

    [LoggerMessage(602, LogLevel.Warning, "Last values cannot be read from the store now; again in {Delay}")]
    public static partial void LiveRebuildWaits(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(610, LogLevel.Warning, "Occupancy sessions cannot be derived now; again in {Delay}")]
    public static partial void SessionsWait(ILogger logger, TimeSpan delay, Exception exception);
}
