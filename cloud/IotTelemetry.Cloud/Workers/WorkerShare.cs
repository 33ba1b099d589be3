using System.Globalization;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Workers;

/// <summary>Which part of the fleet a worker takes care of: worker <paramref name="Number"/> of <paramref name="Count"/> has the partitions p with p mod count = number - 1.</summary>
internal sealed record WorkerShare(int Number, int Count)
{
    /// <summary>The whole fleet.</summary>
    public static WorkerShare Whole { get; } = new(1, 1);

    /// <summary>The partitions; every one belongs to exactly one worker of a set.</summary>
    public PartitionSet Partitions => PartitionSet.Of(Enumerable.Range(0, GatewayId.Partitions).Where(partition => partition % Count == Number - 1));

    /// <summary>Reads <c>k/N</c>, for example <c>2/3</c>.</summary>
    /// <exception cref="OptionException">It is not <c>k/N</c> with 1 to 64 workers.</exception>
    public static WorkerShare Parse(string key, string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is >= 1 and <= GatewayId.Partitions && number >= 1 && number <= count
            ? new WorkerShare(number, count)
            : throw new OptionException(key, text, $"allowed is k/N, worker k of N, for example 2/3, with k from 1 to N and N up to {GatewayId.Partitions}");
    }

    /// <summary>This worker's part of a limit that is meant for the whole fleet, rounded up.</summary>
    public long Of(long limit) => (limit + Count - 1) / Count;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
