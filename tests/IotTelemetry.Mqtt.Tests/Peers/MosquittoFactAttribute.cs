namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>A test against mosquitto; skipped with one line where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MosquittoFactAttribute : FactAttribute
{
    public MosquittoFactAttribute()
    {
        if (MosquittoBroker.Program is null)
        {
            Skip = "mosquitto is not installed (Debian package mosquitto)";
        }
    }
}
