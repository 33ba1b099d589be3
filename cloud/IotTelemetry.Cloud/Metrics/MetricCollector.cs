using System.Diagnostics.Metrics;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>Listens to the meters of this process and writes what they measured in Prometheus' text format. Thread-safe.</summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly List<MetricFamily> _families = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="wants">Whether a meter, by name, is listened to.</param>
    public MetricCollector(Func<string, bool> wants)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (wants(instrument.Meter.Name))
            {
                MetricFamily family = new(instrument);
                lock (_gate)
                {
                    _families.Add(family);
                }

                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.MeasurementsCompleted = (_, family) =>
        {
            lock (_gate)
            {
                _families.Remove((MetricFamily)family!);
            }
        };
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    /// <summary>All metrics of this moment, by name.</summary>
    public string Write()
    {
        lock (_gate)
        {
            foreach (MetricFamily family in _families)
            {
                if (family.IsObserved)
                {
                    family.Forget();
                }
            }

            // Instruments answer on this thread, under the lock that it has.
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Listen<T>()
        where T : struct, IConvertible => _listener.SetMeasurementEventCallback<T>((_, value, tags, family) =>
        {
            lock (_gate)
            {
                ((MetricFamily)family!).Measure(value.ToDouble(null), tags);
            }
        });
}
