using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>What one of N workers gets of the fleet and of what is meant for the fleet.</summary>
public sealed class WorkerShareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Every_partition_belongs_to_exactly_one_worker_of_a_set(int count) => Assert.Equal(
        Enumerable.Range(0, GatewayId.Partitions),
        Enumerable.Range(1, count).SelectMany(number => WorkerShare.Parse("--worker", $"{number}/{count}").Partitions).Order());

    [Fact]
    public void Limits_for_the_fleet_are_divided_by_the_number_of_workers()
    {
        WorkerShare share = WorkerShare.Parse("--worker", "2/4");
        Assert.Equal(4, new CommandOptions().Of(share).Workers);
        Assert.Equal(new IngestOptions().HeldBytes / 4, new IngestOptions().Of(share).HeldBytes);
        Assert.Equal(3, share.Of(9));
        Assert.Equal(1, new CommandOptions().Of(WorkerShare.Whole).Workers);
    }

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("1/65")]
    [InlineData("1")]
    [InlineData("one/three")]
    public void What_is_no_share_is_refused_with_an_example(string text) =>
        Assert.Contains("for example 2/3", Assert.Throws<OptionException>(() => WorkerShare.Parse("--worker", text)).Message, StringComparison.Ordinal);
}
