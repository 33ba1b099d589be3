using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Sampling;

/// <summary>Where polled values go. Called from several threads.</summary>
internal interface IPollTarget : IRawValueSink
{
    /// <summary>The point's sensor gives nothing; its last value says nothing any more.</summary>
    void AcceptBad(int point);
}
