using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class FileDescriptorTests
{
    [Theory]
    [InlineData("/nowhere/watchdog", Errno.NoSuchFile)]
    [InlineData("/", Errno.IsDirectory)]
    public void File_that_cannot_be_opened_is_told_by_its_name_and_reason(string path, Errno errno)
    {
        var failure = Assert.Throws<LinuxException>(() => FileDescriptor.Open(path, OpenFlags.WriteOnly));
        Assert.Equal(errno, failure.Errno);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }
}
