using IotTelemetry.Demo;

namespace IotTelemetry.EndToEnd.Tests;

/// <summary>A test on a real input file that may lie beside the checkout; skipped, with the file's name, where it does not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file)
    {
        File = file;
        if (Checkout.SharedData(file) is null)
        {
            Skip = $"needs ../shared/data/{file} beside the checkout";
        }
    }

    public string File { get; }
}
