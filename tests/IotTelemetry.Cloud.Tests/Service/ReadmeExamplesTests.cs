using System.Diagnostics;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The lines with curl in cloud/README.md, run as they are printed, and compared with what stands behind their #.</summary>
[Collection(OneDoor.Name)]
public sealed class ReadmeExamplesTests(DoorFixture fixture)
{
    [Fact]
    public async Task Curl_examples_work_as_printed()
    {
        string[] lines = [.. File.ReadLines(Repository.Find(Path.Combine("cloud", "README.md"))).Where(line => line.StartsWith("curl ", StringComparison.Ordinal))];
        Assert.True(lines.Length >= 8, $"{lines.Length} examples");
        string directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
        try
        {
            foreach (string line in lines)
            {
                string[] parts = line.Split("  # ");
                string command = parts[0].Replace("127.0.0.1:8123", fixture.Service.Http.BaseAddress!.Authority, StringComparison.Ordinal);
                using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory })!;
                Task<string> errors = shell.StandardError.ReadToEndAsync();
                string output = await shell.StandardOutput.ReadToEndAsync();
                await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
                Assert.True(shell.ExitCode == 0, $"{line}\n{await errors}");
                Assert.Equal(parts.Length > 1 ? parts[1].Trim() : "", output.Trim().ReplaceLineEndings(" "));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
