using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class ContactorMonitorTests
{
    private readonly ContactorMonitor _monitor = new(TimeSpan.FromMilliseconds(200));

    public ContactorMonitorTests()
    {
        _monitor.ExpectNormallyClosed();
        Contacts(open: false, closed: true, 0);
        _monitor.Command(false, 0);
    }

    [Fact]
    public void Contacts_that_follow_within_the_travel_time_are_no_fault()
    {
        Assert.Equal(ContactorState.Open, _monitor.State);
        _monitor.Command(true, 1000);
        Assert.Equal(ContactorState.Moving, _monitor.State);
        Assert.Equal(1200, _monitor.DeadlineMs);
        _monitor.NormallyClosed(false, 1020);
        Assert.Null(_monitor.IsClosed);
        _monitor.NormallyOpen(true, 1030);

        Assert.Equal(ContactorState.Closed, _monitor.State);
        Assert.Null(_monitor.Fault);
    }

    [Fact]
    public void Contacts_that_stay_are_a_fault_after_the_travel_time_and_a_late_contact_ends_it()
    {
        _monitor.Command(true, 1000);
        _monitor.Judge(1199);
        Assert.Equal(ContactorState.Moving, _monitor.State);
        _monitor.Judge(1200);
        Assert.Equal("commanded closed, contacts stay open", _monitor.Fault);
        Contacts(open: true, closed: false, 1900);

        Assert.Equal(ContactorState.Closed, _monitor.State);
    }

    [Theory]
    [InlineData(true, "both auxiliary contacts are closed")]
    [InlineData(false, "both auxiliary contacts are open")]
    public void Contacts_that_contradict_each_other_are_a_fault(bool both, string fault)
    {
        Contacts(both, both, 1000);
        _monitor.Judge(1200);

        Assert.Equal(fault, _monitor.Fault);
    }

    [Fact]
    public void Contact_that_moves_without_a_command_is_a_fault()
    {
        Contacts(open: true, closed: false, 1000);
        _monitor.Judge(1200);

        Assert.Equal(ContactorState.NotFollowed, _monitor.State);
        Assert.Equal("commanded open, contacts stay closed", _monitor.Fault);
    }

    [Fact]
    public void New_command_while_moving_gets_its_own_travel_time()
    {
        _monitor.Command(true, 1000);
        Contacts(open: true, closed: false, 1150);
        _monitor.Command(false, 1160);
        _monitor.Judge(1300);

        Assert.Equal(ContactorState.Moving, _monitor.State);
    }

    [Fact]
    public void Contact_whose_line_is_lost_makes_the_state_unknown_and_no_fault()
    {
        _monitor.NormallyOpen(null, 1000);
        _monitor.Judge(5000);

        Assert.Equal(ContactorState.Unknown, _monitor.State);
        Assert.Null(_monitor.Fault);
        Assert.Null(_monitor.DeadlineMs);
    }

    private void Contacts(bool open, bool closed, long nowMs)
    {
        _monitor.NormallyOpen(open, nowMs);
        _monitor.NormallyClosed(closed, nowMs);
    }
}
