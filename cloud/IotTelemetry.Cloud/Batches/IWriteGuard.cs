namespace IotTelemetry.Cloud.Batches;

/// <summary>Lets a writer write while nobody else may write the rows of the same gateways.</summary>
internal interface IWriteGuard
{
    /// <summary>Waits until this process may write, and writes; <paramref name="write"/> is cancelled when the right ends first.</summary>
    /// <exception cref="ClickHouse.ClickHouseException">The right ended during the write; whether the rows are stored is not known. It may be tried again.</exception>
    /// <exception cref="Workers.LeaseLostException">Another worker has the right by now.</exception>
    ValueTask WriteAsync(Func<CancellationToken, Task> write, CancellationToken cancellationToken);
}
