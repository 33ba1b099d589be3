namespace IotTelemetry.Cloud.Batches;

/// <summary>Something that waits for room in a batch. Entries are structs, so that <see cref="Batcher.AddAsync"/> adds them without a delegate or an object.</summary>
internal interface IBatchEntry
{
    /// <summary>Puts the entry into the batch; called with the batcher's lock held.</summary>
    void AddTo(Batch batch);
}
