using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class PulseTotalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("iot-total-").FullName;
    private readonly List<string> _damages = [];

    private string File => Path.Combine(_folder, "m.energy_wh.total");

    [Fact]
    public void Total_is_there_again_after_each_count()
    {
        for (var i = 1u; i <= 5; i++)
        {
            using var total = Open();
            Assert.Equal(i - 1, total.Count);
            total.Add(1);
        }

        Assert.Empty(_damages);
    }

    [Fact]
    public void Torn_write_leaves_the_count_before_it()
    {
        using (var total = Open())
        {
            total.Add(10);
            total.Add(1);
            total.Add(1);
        }

        // The third write went to the second slot.
        var content = System.IO.File.ReadAllBytes(File);
        content[24 + 9] ^= 0xff;
        System.IO.File.WriteAllBytes(File, content);
        using var again = Open();

        Assert.Equal(11ul, again.Count);
        Assert.Single(_damages);
    }

    [Fact]
    public void File_of_rubbish_begins_at_zero_and_says_so()
    {
        System.IO.File.WriteAllBytes(File, [1, 2, 3]);
        using var total = Open();

        Assert.Equal(0ul, total.Count);
        Assert.Single(_damages);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PulseTotal Open() => PulseTotal.Open(File, (_, cause) => _damages.Add(cause));
}
