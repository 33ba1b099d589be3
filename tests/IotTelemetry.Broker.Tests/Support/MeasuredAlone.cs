namespace IotTelemetry.Broker.Tests.Support;

/// <summary>Tests that measure the memory of the process, or how long a crowd takes, run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
